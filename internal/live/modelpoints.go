package live

import (
	"reflect"

	"nezuban/internal/facility"
)

// pointsIn are all points that a part of a model names, in whatever field: one
// that was forgotten here would be unknown for ever.
func pointsIn(model any) []facility.PointID {
	var out []facility.PointID
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if id, ok := v.Interface().(facility.PointID); ok {
			if id != "" {
				out = append(out, id)
			}
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(model))
	return out
}
